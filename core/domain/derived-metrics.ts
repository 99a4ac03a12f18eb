/** Metric records for what manifests state outside their metrics: durations of jobs and sizes of models. */
import type { MetricRecord } from '#contracts/source/metric-record.ts';
import type { ResultManifest } from '#contracts/source/result-manifest.ts';

interface Figure {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
  readonly model: string | null;
  readonly source: string;
}

function recordOf(result: ResultManifest, figure: Figure): MetricRecord {
  const { runId, phase, stage, index, round = null, jobId, attempt, endTime } = result;
  const turn = round === null ? '' : `/r${round}`;
  const place = `${stage}${turn}${index === null ? '' : `/${index}`}`;
  return {
    schemaVersion: 1,
    id: `${runId}/${phase}/${place}/${jobId}/${attempt}/${figure.name}`,
    ...figure,
    runId,
    phase,
    stage,
    index,
    ...(round === null ? {} : { round }),
    jobId,
    attempt,
    step: null,
    split: null,
    at: endTime,
  };
}

/** Job durations of every stage; parameters and bytes of the models that the last stage hands over. */
export function derivedMetrics(results: readonly ResultManifest[]): readonly MetricRecord[] {
  const durations = results.map((result) => {
    const job = result.index === null ? result.stage : `${result.stage}-${result.index}`;
    const source = 'agent_forge.entrypoint, result manifest durationSeconds';
    return recordOf(result, {
      name: `${job}/job_seconds`,
      value: result.durationSeconds,
      unit: 's',
      model: null,
      source,
    });
  });
  const last = results.at(-1);
  const sizes = (last?.models ?? []).flatMap((model) => {
    const source = 'agent_forge.properties, properties.json';
    const { parameters, bytes } = model.properties;
    const common = { model: model.name, source };
    return [
      { ...common, name: `${model.name}/parameters`, value: parameters, unit: 'parameters' },
      { ...common, name: `${model.name}/weight_bytes`, value: bytes, unit: 'bytes' },
    ].map((figure) => recordOf(last as ResultManifest, figure));
  });
  return [...durations, ...sizes];
}
