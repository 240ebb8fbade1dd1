import "htmx.org";
import { startForms } from "./forms";
import { startLive } from "./live";
import { startOverlays } from "./overlay";
import { startPalette } from "./palette";
import { startRefresh } from "./refresh";
import { startTheme } from "./theme";
import { startToasts } from "./toast";
import { startUnanswered } from "./unanswered";

startTheme();
startToasts();
startOverlays();
startForms();
startPalette();
startRefresh();
startLive();
startUnanswered();
