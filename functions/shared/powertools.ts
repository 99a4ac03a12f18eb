/** One logger and one metrics sink per function, made once at the module's edge. */
import { Logger } from '@aws-lambda-powertools/logger';
import { Metrics, MetricUnit } from '@aws-lambda-powertools/metrics';

const NAMESPACE = 'AgentForge';

export interface Telemetry {
  readonly logger: Logger;
  /** Counts one occurrence. */
  count(name: string): void;
}

export function telemetry(serviceName: string): Telemetry {
  const logger = new Logger({ serviceName });
  const metrics = new Metrics({ namespace: NAMESPACE, serviceName });
  return {
    logger,
    count(name) {
      metrics.addMetric(name, MetricUnit.Count, 1);
      metrics.publishStoredMetrics();
    },
  };
}
