// The worker with the first build of the core, which reads CSV files.

import * as core from "./csv_core.js";
import { serve } from "./serve.js";

serve(core, new URL("./csv_core_bg.wasm", import.meta.url), false);
