/** forge version */
import type { Context } from '../context.ts';

export async function showVersion({ console }: Context, version: string): Promise<number> {
  const facts = { version, node: process.versions.node, platform: `${process.platform}-${process.arch}` };
  console.data(facts, () => version);
  return 0;
}
