// The worker with the second build of the core, which is loaded for the first workbook.

import * as core from "./workbook_core.js";
import { serve } from "./serve.js";

serve(core, new URL("./workbook_core_bg.wasm", import.meta.url), true);
