/** One bench in a process of its own: `node child.mjs MODULE CONTEXT FILE`; the figures go into the file. */
import { writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { pathToFileURL } from 'node:url';

const [module, context, file] = process.argv.slice(2);
// Not import() for a bundle: it would parse the text twice, and that time would be in the figures.
const load = module.endsWith('.cjs') ? createRequire(import.meta.url) : (path) => import(pathToFileURL(path));
const { run } = await load(module);
writeFileSync(file, JSON.stringify(await run(JSON.parse(context))));
process.exit(0);
