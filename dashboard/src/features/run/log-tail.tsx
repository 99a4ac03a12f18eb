/** The last lines of the jobs: one stage or all, found by a part of them, followed or held. */
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { Empty, Loaded } from '../../components/loaded.tsx';
import { Panel } from '../../components/panel.tsx';
import { VirtualList } from '../../components/virtual-list.tsx';
import { read } from '../../lib/api.ts';
import type { Run } from '../../lib/api-types.ts';
import { hasEnded } from '../../lib/queries.ts';

const TAIL = 500;
const LIVE_MS = 3000;
const LINE_HEIGHT = 24;

interface Line {
  readonly key: string;
  readonly from: string;
  readonly text: string;
}

function useLines(run: Run, following: boolean) {
  return useQuery({
    queryKey: ['logs', run.id],
    queryFn: () => read('/v1/runs/{id}/logs', { id: run.id }, { tail: TAIL }),
    refetchInterval: following && !hasEnded(run.status) ? LIVE_MS : false,
    select: ({ items }): readonly Line[] =>
      items.flatMap(({ phase, stage, index, jobId, attempt, text }) => {
        const from = [phase, stage, index ?? ''].join(' ').trim();
        return text
          .split('\n')
          .filter(Boolean)
          .map((line, at) => ({ key: `${jobId} ${attempt} ${at}`, from, text: line }));
      }),
  });
}

const download = (run: Run, lines: readonly Line[]): void => {
  const text = lines.map((line) => `${line.from}\t${line.text}`).join('\n');
  const link = document.createElement('a');
  link.href = URL.createObjectURL(new Blob([text], { type: 'text/plain' }));
  link.download = `${run.name}.log`;
  link.click();
  URL.revokeObjectURL(link.href);
};

export default function LogTail({ run }: { readonly run: Run }) {
  const [part, setPart] = useState('');
  const [following, follow] = useState(true);
  const query = useLines(run, following);
  return (
    <Panel title="Logs">
      <div className="row">
        <label>
          Line contains <input value={part} onChange={({ target }) => setPart(target.value)} />
        </label>
        <label>
          <input type="checkbox" checked={following} onChange={({ target }) => follow(target.checked)} />{' '}
          follow
        </label>
        <button type="button" disabled={!query.data} onClick={() => download(run, query.data ?? [])}>
          Download
        </button>
      </div>
      <Loaded query={query} what="logs">
        {(lines) => {
          const found = lines.filter(({ text }) => text.includes(part));
          if (found.length === 0)
            return (
              <Empty
                why={
                  part
                    ? 'No line contains that.'
                    : 'The jobs have printed nothing but events, which are not logs.'
                }
                command={`npx forge runs logs ${run.id}`}
              />
            );
          return (
            <VirtualList label="Lines of logs" items={found} rowHeight={LINE_HEIGHT} keyOf={({ key }) => key}>
              {({ from, text }) => (
                <code className="line" data-term="">
                  <span className="faint">{from}</span> {text}
                </code>
              )}
            </VirtualList>
          );
        }}
      </Loaded>
    </Panel>
  );
}
