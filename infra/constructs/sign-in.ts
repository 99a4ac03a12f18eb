import { Duration } from 'aws-cdk-lib';
import { OAuthScope, UserPoolClient, UserPoolClientIdentityProvider } from 'aws-cdk-lib/aws-cognito';
import { Construct } from 'constructs';
import type { IdentitySettings } from '#contracts/source/identity.ts';
import type { StageConfig } from '../config/stage-config.ts';
import type { UserDirectory } from './user-directory.ts';

/** Where `forge login` listens for the answer of the browser: on the caller's own machine only. */
const LOGIN_PORT = 4506;
const LOCAL_ANSWER = `http://localhost:${LOGIN_PORT}/signed-in`;

export interface SignInProps {
  readonly config: StageConfig;
  readonly users: UserDirectory;
  readonly siteUrl: string;
}

/** Who issues the tokens of people, for whom, and what a browser has to know to get one. */
export class SignIn extends Construct {
  readonly issuer: string;
  readonly audience: string;
  /** Public: they stand in the site's settings. */
  readonly settings: Readonly<Record<string, string>>;

  /** FORGE_IDENTITY of the HTTP API's function. */
  readonly identity: IdentitySettings;

  constructor(scope: Construct, id: string, { config, users, siteUrl }: SignInProps) {
    super(scope, id);
    const { userPoolClientId } = this.#client(users, siteUrl);
    this.issuer = users.issuer;
    this.audience = userPoolClientId;
    this.settings = { issuer: users.issuer, clientId: userPoolClientId, signInUrl: users.signInUrl };
    const { userPoolId } = users.pool;
    this.identity = {
      cognito: { region: config.region, userPoolId, clientIds: [userPoolClientId] },
      callers: config.api.callers,
    };
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
