// The second part, which is loaded where a workbook is met.

import * as core from "./workbook_core.js";
import { serve } from "./serve.js";

serve(core, new URL("./workbook_core_bg.wasm", import.meta.url), true);
