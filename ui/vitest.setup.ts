/** Before each file of tests. */

import fc from "fast-check";

// New examples are found at a desk, not in a merge.
if (process.env.CI) fc.configureGlobal({ seed: 1 });
