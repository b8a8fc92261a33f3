// The third part, which is loaded where a marked file is asked for.

import * as core from "./mark_core.js";
import { serve } from "./serve.js";

serve(core, new URL("./mark_core_bg.wasm", import.meta.url), true);
