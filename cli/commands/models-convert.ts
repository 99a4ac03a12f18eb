/** forge models convert */
import { resolve } from 'node:path';
import type { Context } from '../context.ts';
import { counted, formatNumber } from '../output/figures.ts';
import { runPython } from '../python/run-python.ts';

/** Makes safetensors of a pickle of tensors, in a process without network and with limits; needs no server. */
export async function convertModel(
  context: Context,
  file: string,
  { out }: { readonly out: string },
): Promise<number> {
  const { io, console } = context;
  const words = ['convert', resolve(io.cwd, file), '--out', resolve(io.cwd, out)];
  const result = await runPython(context, { words, placeOf: () => file });
  const leftOut = (result.leftOut ?? []) as readonly string[];
  const limits = Object.entries((result.limits ?? {}) as Readonly<Record<string, string>>);
  console.data(
    result,
    () =>
      `${counted(Number(result.tensors), 'tensor')}, ${formatNumber(Number(result.parameters))} parameters\n${String(result.out)}`,
  );
  for (const [what, how] of limits) console.note(`${what}: ${how}`);
  if (leftOut.length > 0) console.warn(`left out, no tensors: ${leftOut.slice(0, 20).join(', ')}`);
  console.note('To import it, put its config.json and tokenizer.json beside model.safetensors.');
  return 0;
}
