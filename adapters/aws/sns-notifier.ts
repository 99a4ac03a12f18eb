/** Notices to people, over Amazon SNS. */
import { PublishCommand, SNSClient } from '@aws-sdk/client-sns';
import type { Notifier } from '#core/ports/notifier.ts';
import { type ClientConfig, clientConfig } from './client-config.ts';
import { asking } from './service-failure.ts';

/** SNS refuses longer subjects, and those with line feeds or other control characters. */
const SUBJECT_LENGTH = 100;
const UNPRINTABLE = /[^\x20-\x7e]+/g;

export const snsClient = (config?: ClientConfig): SNSClient => new SNSClient(clientConfig(config));

export function snsNotifier(client: SNSClient, topicArn: string): Notifier {
  return {
    notify: ({ subject, text, attributes }) =>
      asking('SNS', async () => {
        const MessageAttributes = Object.fromEntries(
          Object.entries(attributes).map(([name, value]) => [
            name,
            { DataType: 'String', StringValue: value },
          ]),
        );
        const Subject = subject.replace(UNPRINTABLE, ' ').slice(0, SUBJECT_LENGTH);
        await client.send(
          new PublishCommand({ TopicArn: topicArn, Subject, Message: text, MessageAttributes }),
        );
      }),
  };
}
