import { ApiProblem } from '../../lib/api.ts';

/** Why the server took nothing: its words, then each place of the document that is wrong. */
export function Refusal({ error }: { readonly error: Error | null }) {
  if (!error) return null;
  const { hint = null, problem = {} } = error instanceof ApiProblem ? error : {};
  return (
    <div role="alert" data-term="">
      <p className="state bad">
        <span aria-hidden="true">✕ </span>
        {error.message}
      </p>
      {hint && <p>{hint}</p>}
      <ul>
        {(problem.errors ?? []).map((fault) => (
          <li key={`${fault.pointer} ${fault.message}`}>
            <code>{fault.pointer || '/'}</code>: {fault.message}
          </li>
        ))}
      </ul>
    </div>
  );
}
