/** What a page for people without an account needs: copying, and nothing else of the product. */
import { startOverlays } from "./overlay";

startOverlays();
