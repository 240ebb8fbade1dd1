// Builds the front end into ../dist: one stylesheet, one script a bundle, the icon sprite, fonts.
import { context, build } from "esbuild";
import { cp, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join, resolve } from "node:path";
import { createRequire } from "node:module";
import { fileURLToPath } from "node:url";
import subsetFont from "subset-font";
import { icons } from "./icons/icons.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const dist = resolve(here, "../dist");
const require = createRequire(import.meta.url);
const packaged = (name, path) => join(dirname(require.resolve(`${name}/package.json`)), path);

async function sprite() {
  const symbols = [];
  for (const [name, source] of Object.entries(icons)) {
    const svg = await readFile(packaged("lucide-static", `icons/${source}.svg`), "utf8");
    const inner = svg
      .replace(/<!--.*?-->/s, "")
      .replace(/<svg[^>]*>|<\/svg>/gs, "")
      .replace(/\s+/g, " ")
      .trim();
    symbols.push(`<symbol id="${name}" viewBox="0 0 24 24">${inner}</symbol>`);
  }
  const head = '<svg xmlns="http://www.w3.org/2000/svg">';
  const licence = "<!-- Lucide icons, ISC licence, lucide.dev -->";
  await writeFile(join(dist, "icons.svg"), `${head}${licence}${symbols.join("")}</svg>\n`);
}

const span = (from, to) => String.fromCodePoint(...Array.from({ length: to - from + 1 }, (_, i) => from + i));
const subsets = {
  latin: `${span(0x20, 0x7e)}${span(0xa0, 0xff)}ıŒœʼˆ˚˜‐‑–—‘’‚“”„†‡•…‰‹›⁄€™←↑→↓−×⌘✓`,
  "latin-ext": `${span(0x100, 0x17f)}${span(0x180, 0x24f)}${span(0x1e00, 0x1eff)}`,
};

// On paper there is one font for every language that Inter knows.
const onPaper = `${span(0x20, 0x7e)}${span(0xa0, 0x24f)}${span(0x2b0, 0x52f)}${span(0x1e00, 0x1fff)}${span(0x2010, 0x2044)}${span(0x2070, 0x20bf)}${span(0x2100, 0x2193)}−×`;

// Cut from the full Inter, because ready-made subsets leave out the alternates our text is set in.
async function fonts() {
  await mkdir(join(dist, "fonts"), { recursive: true });
  const inter = await readFile(packaged("inter-ui", "variable/InterVariable.woff2"));
  const variationAxes = { wght: { min: 400, max: 700 }, opsz: 14 };
  for (const [name, letters] of Object.entries(subsets)) {
    const cut = await subsetFont(inter, letters, { targetFormat: "woff2", variationAxes });
    await writeFile(join(dist, "fonts", `inter-${name}.woff2`), cut);
  }
  for (const [name, wght] of [["regular", 400], ["bold", 600]]) {
    const axes = { wght, opsz: 14 };
    const cut = await subsetFont(inter, onPaper, { targetFormat: "truetype", variationAxes: axes });
    await writeFile(join(dist, "fonts", `print-${name}.ttf`), cut);
  }
  await cp(packaged("inter-ui", "LICENSE.txt"), join(dist, "fonts", "LICENSE.txt"));
}

const options = {
  entryPoints: {
    app: join(here, "ts/app.ts"),
    calendar: join(here, "ts/calendar.ts"),
    timeline: join(here, "ts/timeline.ts"),
    board: join(here, "ts/board.ts"),
    composer: join(here, "ts/composer.ts"),
    public: join(here, "ts/public.ts"),
    "app-style": join(here, "css/app.css"),
  },
  entryNames: "[name]",
  outdir: dist,
  bundle: true,
  minify: true,
  format: "iife",
  target: ["chrome123", "firefox128", "safari17.5"],
  external: ["fonts/*"],
  legalComments: "none",
  logLevel: "warning",
  plugins: [
    {
      // A script and a stylesheet may not share an entry name, yet both are called "app".
      name: "name-the-stylesheet",
      setup(builder) {
        builder.onEnd(async (result) => {
          if (result.errors.length) return;
          await cp(join(dist, "app-style.css"), join(dist, "app.css"));
          await rm(join(dist, "app-style.css"));
        });
      },
    },
  ],
};

await rm(dist, { recursive: true, force: true });
await mkdir(dist, { recursive: true });
await Promise.all([sprite(), fonts(), cp(join(here, "icons/favicon.svg"), join(dist, "favicon.svg"))]);
if (process.argv.includes("--watch")) {
  await (await context(options)).watch();
} else {
  await build(options);
}
