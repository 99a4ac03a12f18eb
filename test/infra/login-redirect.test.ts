import { REDIRECT_URI } from '#cli/login/browser-answer.ts';
import { synthesise } from './synthesised-stage.ts';

jest.setTimeout(60_000);

describe('the sign-in of a stage', () => {
  it('sends people back to where forge login listens', () => {
    const { stage, templateOf } = synthesise();
    const [client] = Object.values(templateOf(stage.api).findResources('AWS::Cognito::UserPoolClient'));
    expect(client?.Properties.CallbackURLs).toContainEqual(REDIRECT_URI);
    expect(client?.Properties.AllowedOAuthFlows).toEqual(['code']);
    expect(client?.Properties.GenerateSecret).toBe(false);
  });
});
