/** Every schema that is published under contracts/schemas, by file name. */
import type * as z from 'zod';
import { architecture } from './architecture.ts';
import { checkpointManifest } from './checkpoint-manifest.ts';
import { claims, claimVerdicts } from './claims.ts';
import { compressionProgress } from './compression-progress.ts';
import { deploymentProbe } from './deployment-probe.ts';
import { event, eventLine } from './event.ts';
import { evidenceRecord } from './evidence-record.ts';
import { generationUpdate } from './generation-update.ts';
import { metricRecord } from './metric-record.ts';
import { modelMetadata } from './model-metadata.ts';
import { onnxGraph } from './onnx-graph.ts';
import { PHASE_SLUGS } from './phase-slugs.ts';
import { SETTINGS } from './phases/settings.ts';
import { properties } from './properties.ts';
import { resultManifest } from './result-manifest.ts';
import { runDocument } from './run-document.ts';
import { taskSpec } from './task-spec.ts';
import { triggers } from './triggers.ts';
import { uploadManifest } from './upload-manifest.ts';

export const SCHEMAS: Readonly<Record<string, z.ZodType>> = {
  run: runDocument,
  'task-spec': taskSpec,
  'result-manifest': resultManifest,
  'checkpoint-manifest': checkpointManifest,
  event,
  'event-line': eventLine,
  'generation-update': generationUpdate,
  'compression-progress': compressionProgress,
  'metric-record': metricRecord,
  architecture,
  properties,
  'model-metadata': modelMetadata,
  'evidence-record': evidenceRecord,
  claims,
  'claim-verdicts': claimVerdicts,
  triggers,
  'upload-manifest': uploadManifest,
  'onnx-graph': onnxGraph,
  'deployment-probe': deploymentProbe,
  ...Object.fromEntries(PHASE_SLUGS.map((slug) => [`phases/${slug}`, SETTINGS[slug]])),
};
