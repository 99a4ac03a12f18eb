import { eventBridgeCron } from '#infra/constructs/event-bridge-cron.ts';

describe('a schedule on EventBridge', () => {
  it.each([
    ['0 3 * * *', 'cron(0 3 * * ? *)'],
    ['*/15 8-17 1,15 * *', 'cron(*/15 8-17 1,15 * ? *)'],
    ['30 2 * * 1-5', 'cron(30 2 ? * 2,3,4,5,6 *)'],
    ['0 0 * 6 0', 'cron(0 0 ? 6 1 *)'],
    ['0 0 * * 7', 'cron(0 0 ? * 1 *)'],
    ['0 0 * * 5-7', 'cron(0 0 ? * 1,6,7 *)'],
    ['0 0 * * */2', 'cron(0 0 ? * 1,3,5,7 *)'],
  ])('%s comes at %s', (cron, expected) => {
    expect(eventBridgeCron(cron)).toBe(expected);
  });

  it('of a day of the month or a weekday is refused: it would come on neither', () => {
    expect(() => eventBridgeCron('0 0 13 * 5')).toThrow(
      /names a day of the month and a weekday.*Make two schedules/,
    );
  });
});
