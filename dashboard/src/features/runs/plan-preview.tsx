/** What a run would do. Nothing keeps a plan: its figures link to the answer of the server below them. */
import { type ReactNode, useId } from 'react';
import { Wide } from '../../components/panel.tsx';
import type { RunPlan } from '../../lib/api-types.ts';
import { formatNumber, formatSeconds } from '../../lib/format.ts';

interface PriceProps {
  readonly plan: RunPlan;
  readonly planned: (text: ReactNode) => ReactNode;
}

function Price({ plan: { burst }, planned }: PriceProps) {
  if (!burst)
    return (
      <p>
        Price: none, because the document asks for no rented machine (compute); here a run costs its time
        only.
      </p>
    );
  const [low, high] = burst.usd;
  return (
    <p>
      Price: {planned(`${formatNumber(low)} to ${formatNumber(high)} USD`)}, by prices of{' '}
      {planned(burst.prices.asOf)}
      {burst.assumed && '; the speed of at least one machine is assumed, not measured'}.
    </p>
  );
}

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
      <Price plan={plan} planned={planned} />
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
