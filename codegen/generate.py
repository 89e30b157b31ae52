"""Write generated/modelmetry_api from openapi/spec.yaml, or with --check compare the two.

Run as `python codegen/generate.py [--check]`; the work is in `codegen/driver.py`.
"""

import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

if __name__ == "__main__":
    # A script finds its own folder on the path, not the folder that holds the package.
    sys.path[0] = str(ROOT)
    from codegen.driver import main

    raise SystemExit(main(sys.argv[1:]))
