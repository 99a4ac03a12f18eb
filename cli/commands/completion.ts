/** forge completion */
import type { Command } from 'commander';
import { bashCompletion } from '../completion/bash.ts';
import { commandTree } from '../completion/command-tree.ts';
import { fishCompletion } from '../completion/fish.ts';
import { zshCompletion } from '../completion/zsh.ts';
import type { Context } from '../context.ts';

const SHELLS = { bash: bashCompletion, zsh: zshCompletion, fish: fishCompletion } as const;

export type Shell = keyof typeof SHELLS;

export async function printCompletion({ console }: Context, program: Command, shell: Shell): Promise<number> {
  console.text(SHELLS[shell](commandTree(program)));
  return 0;
}
