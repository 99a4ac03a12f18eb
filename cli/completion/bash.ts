/** Completion for bash. It works with version 3.2 on, which is what macOS has. */
import { type CommandNode, everyNode, optionsAt, type Values } from './command-tree.ts';

function reply({ kind, choices }: Values): string {
  if (kind === 'file') return 'COMPREPLY=($(compgen -f -- "$word")); return';
  if (kind === 'choice') return `COMPREPLY=($(compgen -W '${choices.join(' ')}' -- "$word")); return`;
  return 'return';
}

/** After an option that takes a value only its values are offered. */
function valueCases(root: CommandNode): readonly string[] {
  return everyNode(root).flatMap((node) =>
    optionsAt(root, node)
      .filter(({ values }) => values.kind !== 'none')
      .map(({ names, values }) => {
        const patterns = names.map((name) => `'${node.path} ${name}'`);
        return `    ${patterns.join(' | ')}) ${reply(values)} ;;`;
      }),
  );
}

function wordCases(root: CommandNode): readonly string[] {
  return everyNode(root).map((node) => {
    const { argument, children } = node;
    const options = optionsAt(root, node).flatMap(({ names }) => names);
    const words = [...children.map(({ name }) => name), ...argument.choices, ...options].join(' ');
    return `    '${node.path}') words='${words}'; files=${argument.kind === 'file' ? 'yes' : ''} ;;`;
  });
}

export function bashCompletion(root: CommandNode): string {
  const paths = everyNode(root)
    .filter(({ path }) => path !== '')
    .map(({ path }) => path);
  return `# ${root.name} for bash: source <(${root.name} completion bash)
_${root.name}() {
  local word=\${COMP_WORDS[COMP_CWORD]} before=\${COMP_WORDS[COMP_CWORD-1]} path='' words='' files='' at
  for ((at = 1; at < COMP_CWORD; at++)); do
    case "$path/\${COMP_WORDS[at]}" in
      ${paths.join(' | ')}) path="$path/\${COMP_WORDS[at]}" ;;
    esac
  done
  case "$path $before" in
${valueCases(root).join('\n')}
  esac
  case "$path" in
${wordCases(root).join('\n')}
  esac
  COMPREPLY=($(compgen -W "$words" -- "$word"))
  if [[ -n $files && $word != -* ]]; then COMPREPLY=($(compgen -f -- "$word")); fi
}
complete -o filenames -F _${root.name} ${root.name}
`;
}
