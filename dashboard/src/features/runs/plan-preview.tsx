/** What a run would do. Nothing keeps a plan: its figures link to the answer of the server below them. */
import { type ReactNode, useId } from 'react';
import { Wide } from '../../components/panel.tsx';
import type { RunPlan } from '../../lib/api-types.ts';
import { formatNumber, formatSeconds } from '../../lib/format.ts';

export function PlanPreview({ plan }: { readonly plan: RunPlan }) {
  const answer = useId();
  const planned = (text: ReactNode) => (
    <a className="figure" data-record="" href={`#${answer}`}>
      {text}
    </a>
  );
  return (
    <section aria-label="Plan">
      <h3>The plan</h3>
      <Wide label="Planned phases">
        <table>
          <thead>
            <tr>
              <th>Phase</th>
              <th>Stages</th>
              <th className="number">Jobs</th>
              <th className="number">Processors</th>
              <th className="number">GPUs</th>
              <th className="number">Time limit of a job</th>
            </tr>
          </thead>
          <tbody>
            {plan.phases.map(({ phase, stages, jobs, resources, timeoutSeconds }) => (
              <tr key={phase}>
                <th scope="row">{phase}</th>
                <td data-term="">{stages.map(({ name }) => name).join(' → ')}</td>
                <td className="number">{planned(formatNumber(jobs))}</td>
                <td className="number">{planned(formatNumber(resources.vcpus))}</td>
                <td className="number">{planned(formatNumber(resources.gpus))}</td>
                <td className="number">{planned(formatSeconds(timeoutSeconds))}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </Wide>
      <p>
        Price: none is worked out. The plan of the server names none, and on this machine a run costs its time
        only; what AWS asks for a stage is estimated by <code>forge infra cost</code>.
      </p>
      {plan.deferred.length > 0 && (
        <ul data-term="">
          {plan.deferred.map((each) => (
            <li key={each}>{each}</li>
          ))}
        </ul>
      )}
      <details id={answer}>
        <summary>The answer of the server</summary>
        <pre data-term="">{JSON.stringify(plan, null, 2)}</pre>
      </details>
    </section>
  );
}
