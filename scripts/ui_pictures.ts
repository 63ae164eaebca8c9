/**
 * `deno task ui:pictures [view…]`: pictures of every view of `gait ui`, light and dark, of a folder that the commands made,
 * into docs/images/ui/. Needs Chromium (scripts/install_test_tools.sh).
 */
import { onStage } from "../tests/support/gait.ts";
import { onUi, openView } from "../tests/ui/on_ui.ts";
import { fillWorkspace } from "../tests/ui/workspace_sample.ts";
import { root } from "./root.ts";
import { picturesOf } from "../tests/ui/pictured_views.ts";

const folder = `${root}docs/images/ui`;

if (import.meta.main) {
  await Deno.mkdir(folder, { recursive: true });
  await onStage(async (stage) => {
    await fillWorkspace(stage);
    for (const colorScheme of ["light", "dark"] as const) {
      await onUi(stage, async ({ page }) => {
        for (const { name, address, prepare } of picturesOf(stage)) {
          if (Deno.args.length > 0 && !Deno.args.includes(name)) continue;
          await openView(page, address);
          await prepare?.(page);
          // The folder has another name every time.
          await page.locator(".workspace bdi").evaluate((shown) => shown.textContent = "/srv/shop");
          await page.screenshot({ path: `${folder}/${name}-${colorScheme}.png` });
        }
      }, { options: { colorScheme } });
    }
  });
  Deno.exit(0); // the browser of the tests stays open otherwise
}
