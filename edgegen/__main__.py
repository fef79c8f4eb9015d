"""python -m edgegen."""

from edgegen.cli import main

raise SystemExit(main())
