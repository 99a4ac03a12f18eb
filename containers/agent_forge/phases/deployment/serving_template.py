"""What serves a graph on AWS: a container behind a load balancer, and tasks that follow the calls.

The template was linted and never deployed: nothing of it was run on AWS.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

PORT, HEALTH = 8080, "/health"
CPU_UNITS = (1024, 2048, 4096, 8192, 16384)  # of Fargate, of which each core is 1,024
Template = dict[str, Any]


@dataclass(frozen=True)
class Serving:
    """What was chosen.

    Args:
        threads: of the runtime in a task; each has a core.
        calls_per_minute: requests that a task takes while the bound on latency holds.
    """

    threads: int
    least_tasks: int
    most_tasks: int
    calls_per_minute: float


def serving_template(serving: Serving) -> Template:
    """CloudFormation of the whole service, to be given an image, a network and a certificate."""
    return {
        "AWSTemplateFormatVersion": "2010-09-09",
        "Description": "Serves one model; written by its deployment, not run on AWS.",
        "Parameters": {
            "Image": {"Type": "String", "Description": "The image built from serving.Dockerfile."},
            "Vpc": {"Type": "AWS::EC2::VPC::Id"},
            "Subnets": {"Type": "List<AWS::EC2::Subnet::Id>"},
            "Certificate": {"Type": "String", "Description": "ARN of the certificate of the address."},
        },
        "Resources": {**_network(), **_tasks(serving), **_scaling(serving)},
        "Outputs": {"Address": {"Value": _of("LoadBalancer", "DNSName")}},
    }


def serving_dockerfile(settings: Mapping[str, Any]) -> str:
    """Container definition: the release's image with the model in it."""
    words = ["forge", "models", "serve", "--folder", "/model", "--host", "0.0.0.0", "--port", str(PORT)]
    return "\n".join([
        "# Build it in a folder that holds the files of the deployed model version. Not built here.",
        "ARG FORGE_IMAGE",
        "FROM ${FORGE_IMAGE}",
        "COPY onnx /model/onnx",
        "COPY config.json tokenizer.json /model/",
        "COPY serving.json /model/serving.json",
        f"ENV OMP_NUM_THREADS={settings['threads']}",
        f"EXPOSE {PORT}",
        "USER 10001:10001",
        "CMD [" + ", ".join(f'"{word}"' for word in words) + "]",
        "",
    ])  # fmt: skip


def _network() -> Template:
    return {
        "PublicGroup": _resource("EC2::SecurityGroup", {
            "GroupDescription": "Callers of the load balancer", "VpcId": _ref("Vpc"),
            "SecurityGroupIngress": [_ingress(443, CidrIp="0.0.0.0/0")],
        }),
        "TaskGroup": _resource("EC2::SecurityGroup", {
            "GroupDescription": "The load balancer alone", "VpcId": _ref("Vpc"),
            "SecurityGroupIngress": [_ingress(PORT, SourceSecurityGroupId=_of("PublicGroup", "GroupId"))],
        }),
        "LoadBalancer": _resource("ElasticLoadBalancingV2::LoadBalancer", {
            "Type": "application", "Scheme": "internet-facing", "Subnets": _ref("Subnets"),
            "SecurityGroups": [_of("PublicGroup", "GroupId")],
            "LoadBalancerAttributes": [
                {"Key": "routing.http.drop_invalid_header_fields.enabled", "Value": "true"}
            ],
        }),
        "Targets": _resource("ElasticLoadBalancingV2::TargetGroup", {
            "Port": PORT, "Protocol": "HTTP", "TargetType": "ip", "VpcId": _ref("Vpc"),
            "HealthCheckPath": HEALTH,
            "TargetGroupAttributes": [{"Key": "deregistration_delay.timeout_seconds", "Value": "30"}],
        }),
        "Listener": _resource("ElasticLoadBalancingV2::Listener", {
            "LoadBalancerArn": _ref("LoadBalancer"), "Port": 443, "Protocol": "HTTPS",
            "SslPolicy": "ELBSecurityPolicy-TLS13-1-2-2021-06",
            "Certificates": [{"CertificateArn": _ref("Certificate")}],
            "DefaultActions": [{"Type": "forward", "TargetGroupArn": _ref("Targets")}],
        }),
    }  # fmt: skip


def _tasks(serving: Serving) -> Template:
    units = next((each for each in CPU_UNITS if each >= serving.threads * 1024), CPU_UNITS[-1])
    network = {
        "AwsvpcConfiguration": {
            "AssignPublicIp": "ENABLED", "Subnets": _ref("Subnets"),
            "SecurityGroups": [_of("TaskGroup", "GroupId")],
        }
    }  # fmt: skip
    return {
        "Logs": _resource("Logs::LogGroup", {"RetentionInDays": 30}),
        "Cluster": _resource("ECS::Cluster", {}),
        "ExecutionRole": _resource("IAM::Role", {
            "AssumeRolePolicyDocument": {"Version": "2012-10-17", "Statement": [{
                "Effect": "Allow", "Action": "sts:AssumeRole",
                "Principal": {"Service": "ecs-tasks.amazonaws.com"},
            }]},
            "ManagedPolicyArns": [{"Fn::Sub": (
                "arn:${AWS::Partition}:iam::aws:policy/service-role/AmazonECSTaskExecutionRolePolicy"
            )}],
        }),
        "Task": _resource("ECS::TaskDefinition", {
            "RequiresCompatibilities": ["FARGATE"], "NetworkMode": "awsvpc", "Cpu": str(units),
            "Memory": str(2 * units), "ExecutionRoleArn": _of("ExecutionRole", "Arn"),
            "ContainerDefinitions": [{
                "Name": "model", "Image": _ref("Image"), "Essential": True, "ReadonlyRootFilesystem": True,
                "PortMappings": [{"ContainerPort": PORT}],
                "LogConfiguration": {"LogDriver": "awslogs", "Options": {
                    "awslogs-group": _ref("Logs"), "awslogs-region": _ref("AWS::Region"),
                    "awslogs-stream-prefix": "model",
                }},
            }],
        }),
        "Service": {"DependsOn": "Listener", **_resource("ECS::Service", {
            "Cluster": _ref("Cluster"), "TaskDefinition": _ref("Task"), "LaunchType": "FARGATE",
            "DesiredCount": serving.least_tasks, "NetworkConfiguration": network,
            "LoadBalancers": [
                {"ContainerName": "model", "ContainerPort": PORT, "TargetGroupArn": _ref("Targets")}
            ],
        })},
    }  # fmt: skip


def _scaling(serving: Serving) -> Template:
    named = [_of("LoadBalancer", "LoadBalancerFullName"), _of("Targets", "TargetGroupFullName")]
    label = {"Fn::Join": ["/", named]}
    return {
        "Range": _resource("ApplicationAutoScaling::ScalableTarget", {
            "MinCapacity": serving.least_tasks, "MaxCapacity": serving.most_tasks,
            "ResourceId": {"Fn::Join": ["/", ["service", _ref("Cluster"), _of("Service", "Name")]]},
            "ScalableDimension": "ecs:service:DesiredCount", "ServiceNamespace": "ecs",
        }),
        "FollowCalls": _resource("ApplicationAutoScaling::ScalingPolicy", {
            "PolicyName": "follow-calls", "PolicyType": "TargetTrackingScaling",
            "ScalingTargetId": _ref("Range"),
            "TargetTrackingScalingPolicyConfiguration": {
                "TargetValue": round(serving.calls_per_minute, 3), "ScaleInCooldown": 300,
                "ScaleOutCooldown": 60,
                "PredefinedMetricSpecification": {
                    "PredefinedMetricType": "ALBRequestCountPerTarget", "ResourceLabel": label,
                },
            },
        }),
    }  # fmt: skip


def _resource(kind: str, properties: Template) -> Template:
    return {"Type": f"AWS::{kind}", "Properties": properties}


def _ingress(port: int, **source: Any) -> Template:
    return {"IpProtocol": "tcp", "FromPort": port, "ToPort": port, **source}


def _ref(name: str) -> Template:
    return {"Ref": name}


def _of(name: str, attribute: str) -> Template:
    return {"Fn::GetAtt": [name, attribute]}
