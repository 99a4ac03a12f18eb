import { Match } from 'aws-cdk-lib/assertions';
import openapi from '#contracts/openapi.json' with { type: 'json' };
import { IDENTITY_VARIABLE, identitySettings } from '#contracts/source/identity.ts';
import { ROUTE_ROLES } from '#functions/api/roles.ts';
import { CACHED_READS } from '#infra/constructs/site.ts';
import { COMMITTED } from './fixture-assets.ts';
import { devConfig, synthesise } from './synthesised-stage.ts';

const { stage, templateOf } = synthesise();
const template = templateOf(stage.api);
const propertiesOf = (type: string, where: object = {}) =>
  Object.values(template.findResources(type, { Properties: where })).map(({ Properties }) => Properties);
const distribution = () => propertiesOf('AWS::CloudFront::Distribution')[0].DistributionConfig;

describe('an HTTP API', () => {
  // The routes of sockets are no HTTP.
  const routes = propertiesOf('AWS::ApiGatewayV2::Route').filter(({ RouteKey }) => RouteKey[0] !== '$');
  const isOpen = ({ AuthorizationType }: { AuthorizationType: string }) => AuthorizationType === 'NONE';

  it('answers people by token, machines by signature or key, and nobody without', () => {
    const closed = routes.filter((route) => !isOpen(route as never));
    expect(closed.map(({ RouteKey, AuthorizationType }) => [RouteKey, AuthorizationType]).sort()).toEqual([
      ['ANY /v1/{proxy+}', 'AWS_IAM'],
      ['ANY /v1/{proxy+}', 'CUSTOM'],
      ['ANY /v1/{proxy+}', 'JWT'],
    ]);
  });

  it('is open for exactly what the table of roles lets anyone ask, to people and to holders of keys', () => {
    const anybody = Object.entries(ROUTE_ROLES).flatMap(([route, access]) => {
      const [method, path = ''] = route.split(' ');
      return access === 'anyone' && path.startsWith('/v1/') ? [`${method} ${path}`, `HEAD ${path}`] : [];
    });
    expect(anybody).toContain('GET /v1/health');
    const open = routes.filter((route) => isOpen(route as never));
    expect(open.map(({ RouteKey }) => RouteKey).sort()).toEqual([...anybody, ...anybody].sort());
    expect(open.filter(({ ApiId }) => JSON.stringify(ApiId).includes('Machines'))).toEqual([]);
  });

  it('limits each open route to less than a stage bears, once the route is there', () => {
    const stages = Object.values(template.findResources('AWS::ApiGatewayV2::Stage'));
    const limited = stages.filter(({ Properties }) => Properties.RouteSettings);
    expect(limited).toHaveLength(2);
    for (const { Properties, DependsOn } of limited) {
      const own = routes.filter(
        (route) => isOpen(route as never) && JSON.stringify(route.ApiId) === JSON.stringify(Properties.ApiId),
      );
      expect(Object.keys(Properties.RouteSettings).sort()).toEqual(own.map((each) => each.RouteKey).sort());
      for (const { ThrottlingRateLimit } of Object.values<{ ThrottlingRateLimit: number }>(
        Properties.RouteSettings,
      ))
        expect(ThrottlingRateLimit).toBeLessThan(devConfig().api.requestsPerSecond);
      const there = Object.entries(template.findResources('AWS::ApiGatewayV2::Route'))
        .filter(([id]) => DependsOn.includes(id))
        .map(([, route]) => route.Properties.RouteKey);
      expect(there.sort()).toEqual(own.map((each) => each.RouteKey).sort());
    }
  });

  it('asks a function about a key, which may only read, and believes its answer for at most 15 seconds', () => {
    const [authorizer] = propertiesOf('AWS::ApiGatewayV2::Authorizer', { AuthorizerType: 'REQUEST' });
    expect(authorizer).toMatchObject({
      AuthorizerPayloadFormatVersion: '2.0',
      EnableSimpleResponses: true,
      IdentitySource: ['$request.header.Authorization'],
    });
    expect(authorizer.AuthorizerResultTtlInSeconds).toBeLessThanOrEqual(15);
    expect(JSON.stringify(authorizer.AuthorizerUri)).toContain('authorisekey');
    expect(COMMITTED['authorise-key']?.grants).toEqual(['table:read']);
  });

  it('takes tokens of the own issuer, for the own client only', () => {
    const [authorizer] = propertiesOf('AWS::ApiGatewayV2::Authorizer', { AuthorizerType: 'JWT' });
    expect(authorizer.IdentitySource).toEqual(['$request.header.Authorization']);
    expect(authorizer.JwtConfiguration.Audience).toEqual([{ Ref: expect.stringContaining('SignInClient') }]);
    expect(JSON.stringify(authorizer.JwtConfiguration.Issuer)).toContain('https://cognito-idp.us-east-1');
  });

  it('is throttled as the stage says, and logs who called', () => {
    const { requestsPerSecond, burst } = devConfig().api;
    template.resourceCountIs('AWS::ApiGatewayV2::Stage', 3);
    template.allResourcesProperties('AWS::ApiGatewayV2::Stage', {
      DefaultRouteSettings: { ThrottlingRateLimit: requestsPerSecond, ThrottlingBurstLimit: burst },
      AccessLogSettings: Match.objectLike({ DestinationArn: Match.anyValue() }),
    });
  });

  it('lets no other origin call: the site is the same one', () => {
    template.allResourcesProperties('AWS::ApiGatewayV2::Api', { CorsConfiguration: Match.absent() });
  });
});

describe('the sign-in', () => {
  it('is by code, for a public client without a secret, back to the site or to the own machine', () => {
    const [client] = propertiesOf('AWS::Cognito::UserPoolClient');
    expect(client).toMatchObject({
      AllowedOAuthFlows: ['code'],
      GenerateSecret: false,
      EnableTokenRevocation: true,
    });
    const [site, local] = client.CallbackURLs;
    expect(JSON.stringify(site)).toContain('SiteDistribution');
    expect(local).toMatch(/^http:\/\/localhost:\d+\//);
  });

  it('is what the function knows people by, and machines by the callers of the stage', () => {
    const callers = [
      { arn: 'arn:aws:iam::111111111111:role/ci', tenant: 'default', role: 'runner' as const },
    ];
    const other = synthesise({ config: { api: { ...devConfig().api, callers } } });
    const found = other.templateOf(other.stage.api).findResources('AWS::Lambda::Function', {
      Properties: { Description: 'Agent Forge dev: api' },
    });
    const [{ Properties }] = Object.values(found) as [{ Properties: { Environment: { Variables: object } } }];
    const parts = (Properties.Environment.Variables as Record<string, { 'Fn::Join': [string, unknown[]] }>)[
      IDENTITY_VARIABLE
    ]?.['Fn::Join'][1];
    const filled = JSON.parse(
      (parts ?? []).map((part) => (typeof part === 'string' ? part : 'filled-in')).join(''),
    );
    expect(identitySettings.parse(filled)).toEqual({
      cognito: { region: 'us-east-1', userPoolId: 'filled-in', clientIds: ['filled-in'] },
      callers,
    });
  });
});

describe('the site', () => {
  it('is reached over TLS only, and its bucket by the edge only', () => {
    const { DefaultCacheBehavior, CacheBehaviors, Origins } = distribution();
    expect(DefaultCacheBehavior.ViewerProtocolPolicy).toBe('redirect-to-https');
    for (const { ViewerProtocolPolicy } of CacheBehaviors) expect(ViewerProtocolPolicy).toBe('https-only');
    const custom = Origins.flatMap(
      ({ CustomOriginConfig }: { CustomOriginConfig?: object }) => CustomOriginConfig ?? [],
    );
    expect(custom).toEqual([{ OriginProtocolPolicy: 'https-only', OriginSSLProtocols: ['TLSv1.2'] }]);
    template.hasResourceProperties('AWS::CloudFront::OriginAccessControl', {
      OriginAccessControlConfig: Match.objectLike({ SigningBehavior: 'always', SigningProtocol: 'sigv4' }),
    });
    const statements = propertiesOf('AWS::S3::BucketPolicy').flatMap(
      ({ PolicyDocument }) => PolicyDocument.Statement,
    );
    const open = statements.filter(({ Effect, Principal }) => Effect === 'Allow' && Principal === '*');
    expect(open).toEqual([]);
  });

  it('runs no script and shows in no frame but its own', () => {
    const [{ ResponseHeadersPolicyConfig: config }] = propertiesOf('AWS::CloudFront::ResponseHeadersPolicy');
    const { ContentSecurityPolicy, FrameOptions, StrictTransportSecurity } = config.SecurityHeadersConfig;
    expect(ContentSecurityPolicy.ContentSecurityPolicy).toContain("script-src 'self';");
    expect(ContentSecurityPolicy.ContentSecurityPolicy).not.toContain('unsafe');
    expect(FrameOptions.FrameOption).toBe('DENY');
    expect(StrictTransportSecurity.AccessControlMaxAgeSec).toBe(31_536_000);
  });

  it('passes every call below /v1 to the API, uncached', () => {
    const rest = distribution().CacheBehaviors.at(-1);
    expect(rest.PathPattern).toBe('/v1/*');
    expect(rest.AllowedMethods).toContain('POST');
    // AWS's own policy that caches nothing, and the one that passes on everything but the name of the host.
    expect(rest.CachePolicyId).toBe('4135ea2d-6df8-44a3-9df3-4b5a84be39ad');
    expect(rest.OriginRequestPolicyId).toBe('b689b0a8-53d0-40ab-baf2-68738e2966ac');
  });

  it('caches reads of what a release fixes, for whoever holds the same token', () => {
    const cached = distribution().CacheBehaviors.slice(0, -1);
    expect(cached.map(({ PathPattern }: { PathPattern: string }) => PathPattern)).toEqual(CACHED_READS);
    for (const { AllowedMethods } of cached) expect(AllowedMethods).toEqual(['GET', 'HEAD']);
    const [{ CachePolicyConfig: policy }] = propertiesOf('AWS::CloudFront::CachePolicy');
    expect(policy.ParametersInCacheKeyAndForwardedToOrigin.HeadersConfig).toEqual({
      HeaderBehavior: 'whitelist',
      Headers: ['Authorization'],
    });
    expect(policy.MaxTTL).toBeLessThanOrEqual(300);
  });

  it('caches nothing that can be written', () => {
    const paths = Object.entries(openapi.paths as Record<string, object>);
    const pattern = (path: string) => new RegExp(`^${path.replaceAll('*', '.*')}$`);
    for (const path of CACHED_READS) {
      const matched = paths.filter(([each]) => pattern(path).test(each));
      expect([path, matched.length > 0]).toEqual([path, true]);
      for (const [, operations] of matched) expect(Object.keys(operations)).toEqual(['get']);
    }
  });

  it('has its own name and newer TLS where the stage has a certificate', () => {
    const domain = {
      name: 'forge.example.org',
      certificateArn: 'arn:aws:acm:us-east-1:111111111111:certificate/a',
    };
    const webAclArn = 'arn:aws:wafv2:us-east-1:111111111111:global/webacl/a/b';
    const named = synthesise({ config: { site: { domain, webAclArn } } });
    named.templateOf(named.stage.api).hasResourceProperties('AWS::CloudFront::Distribution', {
      DistributionConfig: Match.objectLike({
        Aliases: ['forge.example.org'],
        ViewerCertificate: Match.objectLike({ MinimumProtocolVersion: 'TLSv1.2_2021' }),
        WebACLId: webAclArn,
      }),
    });
  });
});

describe('sockets', () => {
  const functionOf = (name: string) =>
    propertiesOf('AWS::Lambda::Function').find(({ Description }) => Description.endsWith(`: ${name}`));

  it('are answered by a function that knows people as the HTTP API does', () => {
    const [socket, api] = [functionOf('event-socket'), functionOf('api')];
    expect(socket.Environment.Variables[IDENTITY_VARIABLE]).toBeDefined();
    expect(socket.Environment.Variables[IDENTITY_VARIABLE]).toEqual(
      api.Environment.Variables[IDENTITY_VARIABLE],
    );
    expect(socket.DeadLetterConfig).toBeUndefined();
  });

  it('come with connect, disconnect and every frame', () => {
    const routes = propertiesOf('AWS::ApiGatewayV2::Route').map(({ RouteKey }) => RouteKey);
    const ofSockets = routes.filter((key) => key.startsWith('$'));
    expect(ofSockets.sort()).toEqual(['$connect', '$default', '$disconnect']);
  });
});

describe('the pages', () => {
  it('are put there by a function that may write to the site and to nothing else', () => {
    const functions = propertiesOf('AWS::Lambda::Function').map(({ Description }) => Description);
    expect(functions.sort()).toEqual([
      'Agent Forge dev: api',
      'Agent Forge dev: authorise-key',
      'Agent Forge dev: event-socket',
      'Agent Forge dev: publishes the site',
    ]);
    template.hasResourceProperties('AWS::CloudFormation::CustomResource', {
      Pages: Match.stringLikeRegexp('^[0-9a-f]{64}$'),
      Settings: Match.anyValue(),
      Keep: 'false',
    });
  });
});
