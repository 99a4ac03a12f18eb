/** What a model said before a phase and after it, to be read. */
import { Quoted } from '../../components/figure.tsx';
import { Empty } from '../../components/loaded.tsx';
import { Wide } from '../../components/panel.tsx';
import type { ReportedPhase } from '../../lib/api-types.ts';
import { pick, pointer } from '../../lib/record-source.ts';

const FIELDS = ['prompt', 'input', 'before', 'after', 'prompted'] as const;

export interface AnswerListProps {
  readonly run: string;
  readonly report: ReportedPhase | null;
  /** Said where there are none. */
  readonly why: string;
}

export function AnswerList({ run, report, why }: AnswerListProps) {
  const answers = report?.answers ?? [];
  if (answers.length === 0) return <Empty why={why} />;
  const of = `/v1/runs/${run}/report`;
  const at = (place: number, field: string) =>
    pointer('phases', pick('phase', report?.phase ?? ''), 'answers', place, field);
  return (
    <Wide label="Answers">
      <table>
        <thead>
          <tr>
            {FIELDS.map((field) => (
              <th key={field}>{field}</th>
            ))}
          </tr>
        </thead>
        <tbody>
          {answers.map((answer, place) => (
            <tr key={`${answer.prompt} ${answer.input}`}>
              {FIELDS.map((field) => (
                <td key={field}>
                  <Quoted text={answer[field]} source={{ of, at: at(place, field) }} />
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </Wide>
  );
}
