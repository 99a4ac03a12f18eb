/** notify on AWS Lambda, called by our own bus. */
import { noticePort, readEnvironment } from '#adapters/aws/ports.ts';
import { createNotify } from './notify.ts';

const environment = readEnvironment(['FORGE_TOPIC_ARN']);

export const handler = createNotify({ notifier: noticePort(environment) });
