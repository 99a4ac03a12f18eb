/** The same run from a terminal. */
import { Command } from '../../components/command.tsx';
import { Panel } from '../../components/panel.tsx';
import type { Run } from '../../lib/api-types.ts';

/** In single quotes for a shell, whatever is in it. */
const quoted = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

export default function Again({ run }: { readonly run: Run }) {
  const document = JSON.stringify(run.document, null, 2);
  const curl = [
    `curl -X POST ${location.origin}/v1/runs`,
    `-H "authorization: Bearer $(cat .forge/token)"`,
    `-H "idempotency-key: $(date +%s)"`,
    `-H 'content-type: application/json'`,
    `-d ${quoted(JSON.stringify(run.document))}`,
  ].join(' \\\n  ');
  return (
    <>
      <Panel title="With forge">
        <Command
          text={`cat > run.json <<'EOF'\n${document}\nEOF\nnpx forge runs create -f run.json --watch`}
          label="for forge"
        />
      </Panel>
      <Panel title="With curl">
        <Command text={curl} label="for curl" />
      </Panel>
    </>
  );
}
