import { Duration } from 'aws-cdk-lib';
import { OAuthScope, UserPoolClient, UserPoolClientIdentityProvider } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { StageConfig } from '../config/stage-config.ts';
import type { UserDirectory } from './user-directory.ts';

/** Where `forge login` listens for the answer of the browser: on the caller's own machine only. */
const LOGIN_PORT = 4506;
const LOCAL_ANSWER = `http://localhost:${LOGIN_PORT}/signed-in`;

export interface SignInProps {
  readonly config: StageConfig;
  readonly users: UserDirectory | undefined;
  readonly siteUrl: string;
}

/** Who issues the tokens of people, for whom, and what a browser has to know to get one. */
export class SignIn extends Construct {
  readonly issuer: string;
  readonly audience: string;
  /** Public: they stand in the site's settings. */
  readonly settings: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, { config, users, siteUrl }: SignInProps) {
    super(scope, id);
    const { signIn } = config.api;
    if (signIn.kind === 'oidc') {
      this.issuer = signIn.issuer;
      this.audience = signIn.audience;
      this.settings = { issuer: signIn.issuer, clientId: signIn.audience };
      return;
    }
    if (!users)
      throw new Error('A stage that signs in with Cognito has a directory of users in its data stack.');
    this.issuer = users.issuer;
    this.audience = this.#client(users, siteUrl).userPoolClientId;
    this.settings = { issuer: users.issuer, clientId: this.audience, signInUrl: users.signInUrl };
  }

  /** A public client: code with PKCE, no secret that a browser or a command line could not keep. */
  #client({ pool }: UserDirectory, siteUrl: string): UserPoolClient {
    return new UserPoolClient(this, 'Client', {
      userPool: pool,
      generateSecret: false,
      preventUserExistenceErrors: true,
      enableTokenRevocation: true,
      supportedIdentityProviders: [UserPoolClientIdentityProvider.COGNITO],
      authFlows: {},
      oAuth: {
        flows: { authorizationCodeGrant: true, implicitCodeGrant: false, clientCredentials: false },
        scopes: [OAuthScope.OPENID, OAuthScope.EMAIL, OAuthScope.PROFILE],
        callbackUrls: [`${siteUrl}/signed-in`, LOCAL_ANSWER],
        logoutUrls: [`${siteUrl}/`],
      },
      accessTokenValidity: Duration.hours(1),
      idTokenValidity: Duration.hours(1),
      refreshTokenValidity: Duration.days(7),
    });
  }
}
