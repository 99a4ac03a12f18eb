import { Command } from '../../components/command.tsx';
import { Quoted, Term } from '../../components/figure.tsx';
import { Panel } from '../../components/panel.tsx';
import type { Run, RunError } from '../../lib/api-types.ts';

/** Why a run failed, as the record says it, and what to do next. */
export function WhyFailed({ run, error }: { readonly run: Run; readonly error: RunError }) {
  const source = (at: string) => ({ of: `/v1/runs/${run.id}`, at });
  const { phase, kind } = error;
  return (
    <Panel title="Why did it fail">
      <dl className="facts">
        <dt>Cause</dt>
        <dd>
          <Quoted text={error.message} source={source('/error/message')} />
        </dd>
        <dt>Kind</dt>
        <dd>
          <Term>{kind}</Term>
          {phase && (
            <>
              {' '}
              in <Term>{phase}</Term>
            </>
          )}
        </dd>
        <dt>What to do</dt>
        <dd>
          <Quoted text={error.hint} source={source('/error/hint')} />
        </dd>
      </dl>
      <h3>Next command</h3>
      <Command text={`npx forge runs logs ${run.id}${phase ? ` --phase ${phase}` : ''}`} label="its logs" />
      <Command text={`npx forge runs retry ${run.id}${phase ? ` --from ${phase}` : ''}`} label="try again" />
    </Panel>
  );
}
