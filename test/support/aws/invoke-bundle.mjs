// Loads one function's bundle in plain Node, as Lambda does, and calls its handler with each event of standard input.
import { text } from 'node:stream/consumers';
import { pathToFileURL } from 'node:url';

const { handler } = await import(pathToFileURL(process.argv[2]).href);
for (const event of JSON.parse(await text(process.stdin))) {
  const said = await handler(event, {}).then(
    (answer) => ({ answer }),
    ({ name, message }) => ({ error: { name, message } }),
  );
  process.stdout.write(`\n@ ${JSON.stringify(said)}\n`);
}
process.exit(0);
