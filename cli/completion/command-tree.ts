/** The command line as data: what can stand where. Read from the declarations of the verbs, so that it is never stale. */
import type { Argument, Command, Option } from 'commander';

/** What can follow an option, or stand as an argument. */
export interface Values {
  readonly kind: 'none' | 'any' | 'file' | 'choice';
  readonly choices: readonly string[];
}

export interface OptionNode {
  /** `--file`, `-f` */
  readonly names: readonly string[];
  readonly description: string;
  readonly values: Values;
}

export interface CommandNode {
  /** `/runs/create`; empty for the program itself. */
  readonly path: string;
  readonly name: string;
  readonly description: string;
  readonly options: readonly OptionNode[];
  readonly argument: Values;
  readonly children: readonly CommandNode[];
}

const NONE: Values = { kind: 'none', choices: [] };
const FILE_WORDS = /^(file|dir|path)$/;

function valuesOf(placeholder: string, choices: readonly string[] | undefined): Values {
  if (choices) return { kind: 'choice', choices };
  return { kind: FILE_WORDS.test(placeholder) ? 'file' : 'any', choices: [] };
}

function optionNode(option: Option): OptionNode {
  const placeholder = /[<[]([\w=-]+)/.exec(option.flags)?.[1] ?? '';
  return {
    names: [option.long, option.short].filter((name) => typeof name === 'string'),
    description: option.description,
    values: placeholder === '' ? NONE : valuesOf(placeholder, option.argChoices),
  };
}

function argumentValues([first]: readonly Argument[]): Values {
  return first ? valuesOf(first.name(), first.argChoices) : NONE;
}

export function commandTree(command: Command, path = ''): CommandNode {
  return {
    path,
    name: command.name(),
    description: command.description(),
    options: command.options.map(optionNode),
    argument: argumentValues(command.registeredArguments),
    children: command.commands.map((inner) => commandTree(inner, `${path}/${inner.name()}`)),
  };
}

/** The command and everything below it. */
export function everyNode(node: CommandNode): readonly CommandNode[] {
  return [node, ...node.children.flatMap(everyNode)];
}

const HELP: OptionNode = { names: ['--help', '-h'], description: 'show what there is', values: NONE };

/** Options that can stand at a command: its own, those of the program, and help. */
export function optionsAt(root: CommandNode, node: CommandNode): readonly OptionNode[] {
  return [...node.options, ...(node === root ? [] : root.options), HELP];
}
