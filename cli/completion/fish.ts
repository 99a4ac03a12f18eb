/** Completion for fish. */
import { type CommandNode, everyNode, type OptionNode, optionsAt, type Values } from './command-tree.ts';

const quoted = (text: string): string => `'${text.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`;

function valueFlags({ kind, choices }: Values): string {
  if (kind === 'file') return ' -r -F';
  if (kind === 'choice') return ` -x -a ${quoted(choices.join(' '))}`;
  return kind === 'any' ? ' -x' : '';
}

export function fishCompletion(root: CommandNode): string {
  const at = ({ path }: CommandNode) => `complete -c ${root.name} -n '__${root.name}_at "${path}"'`;
  const optionLine = (node: CommandNode, { names, description, values }: OptionNode) => {
    const flags = names.map((name) =>
      name.startsWith('--') ? `-l ${name.slice(2)}` : `-s ${name.slice(1)}`,
    );
    return `${at(node)} ${flags.join(' ')}${valueFlags(values)} -d ${quoted(description)}`;
  };
  const lines = everyNode(root).flatMap((node) => [
    ...node.children.map((inner) => `${at(node)} -a ${inner.name} -d ${quoted(inner.description)}`),
    ...node.argument.choices.map((choice) => `${at(node)} -a ${quoted(choice)}`),
    ...(node.argument.kind === 'file' ? [`${at(node)} -F`] : []),
    ...optionsAt(root, node).map((option) => optionLine(node, option)),
  ]);
  const paths = everyNode(root)
    .filter(({ path }) => path !== '')
    .map(({ path }) => path);
  return `# ${root.name} for fish: ${root.name} completion fish | source
function __${root.name}_at
    set -l route ''
    for word in (commandline -opc)[2..-1]
        switch "$route/$word"
            case ${paths.join(' ')}
                set route "$route/$word"
        end
    end
    test "$route" = "$argv[1]"
end
complete -c ${root.name} -f
${lines.join('\n')}
`;
}
