// The worker with the third build of the core, which is loaded for the first marked file.

import * as core from "./mark_core.js";
import { serve } from "./serve.js";

serve(core, new URL("./mark_core_bg.wasm", import.meta.url), true);
