/** Completion for zsh. */
import { type CommandNode, everyNode, type OptionNode, optionsAt, type Values } from './command-tree.ts';

/** One entry of `_describe`: a colon parts the word from its description. */
function entry(word: string, description: string): string {
  return `'${word.replaceAll(':', '\\:')}:${description.replaceAll(':', '\\:').replaceAll("'", "'\\''")}'`;
}

function offer({ kind, choices }: Values): string {
  if (kind === 'file') return '_files; return';
  return kind === 'choice' ? `compadd -- ${choices.join(' ')}; return` : 'return';
}

function valueCases(root: CommandNode): readonly string[] {
  const patterns = (node: CommandNode, { names }: OptionNode) =>
    names.map((name) => `'${node.path} ${name}'`).join('|');
  return everyNode(root).flatMap((node) =>
    optionsAt(root, node)
      .filter(({ values }) => values.kind !== 'none')
      .map((option) => `    ${patterns(node, option)}) ${offer(option.values)} ;;`),
  );
}

function wordCases(root: CommandNode): readonly string[] {
  return everyNode(root).map((node) => {
    const verbs = node.children.map(({ name, description }) => entry(name, description));
    const choices = node.argument.choices.map((choice) => entry(choice, ''));
    const options = optionsAt(root, node).flatMap(({ names, description }) =>
      names.map((name) => entry(name, description)),
    );
    const files = node.argument.kind === 'file' ? ' _files;' : '';
    return `    '${node.path}')${files} entries=(${[...verbs, ...choices, ...options].join(' ')}) ;;`;
  });
}

export function zshCompletion(root: CommandNode): string {
  const paths = everyNode(root)
    .filter(({ path }) => path !== '')
    .map(({ path }) => path);
  return `#compdef ${root.name}
# ${root.name} for zsh: source <(${root.name} completion zsh), or keep it as _${root.name} in a folder of $fpath
_${root.name}() {
  local route='' at
  local -a entries
  for ((at = 2; at < CURRENT; at++)); do
    case "$route/$words[at]" in
      ${paths.join('|')}) route="$route/$words[at]" ;;
    esac
  done
  case "$route $words[CURRENT-1]" in
${valueCases(root).join('\n')}
  esac
  case "$route" in
${wordCases(root).join('\n')}
  esac
  _describe '${root.name}' entries
}
if [[ "$funcstack[1]" == "_${root.name}" ]]; then _${root.name} "$@"; else compdef _${root.name} ${root.name}; fi
`;
}
