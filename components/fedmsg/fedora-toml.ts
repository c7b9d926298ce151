export interface FedoraToml {
  /** The name that the broker's operators see. */
  readonly app: string;
  /** The queue's name, a UUID of this instance's own: a second consumer of the same queue is locked out. */
  readonly queue: string;
  /** The routing keys that are bound to the queue. */
  readonly topics: readonly string[];
}

/** The loggers of the consumer and their levels. */
const LEVELS = { fedora_messaging: "INFO", twisted: "INFO", pika: "WARNING", packit_service_fedmsg: "DEBUG" };

/** fedora.toml: how packit-service-fedmsg reaches Fedora's message bus, with the public certificate of its image. */
export function fedoraToml({ app, queue, topics }: FedoraToml): string {
  return `amqp_url = "amqps://fedora:@rabbitmq.fedoraproject.org/%2Fpublic_pubsub"

[tls]
ca_cert = "/etc/fedora-messaging/cacert.pem"
keyfile = "/etc/fedora-messaging/fedora-key.pem"
certfile = "/etc/fedora-messaging/fedora-cert.pem"

[client_properties]
app = ${text(app)}
app_url = "https://github.com/packit/packit-service-fedmsg"
app_contacts_email = ["hello@packit.dev"]

[exchanges."amq.topic"]
type = "topic"
durable = true
auto_delete = false
arguments = {}

[queues.${text(queue)}]
durable = true
auto_delete = true
exclusive = true
arguments = {}

[[bindings]]
queue = ${text(queue)}
exchange = "amq.topic"
routing_keys = [
${topics.map((topic) => `  ${text(topic)},\n`).join("")}]

[log_config]
version = 1
disable_existing_loggers = true

[log_config.formatters.simple]
format = "[%(asctime)s %(levelname)s %(name)s] %(message)s"

[log_config.handlers.console]
class = "logging.StreamHandler"
formatter = "simple"
stream = "ext://sys.stdout"

${Object.entries(LEVELS).map(logger).join("\n")}
[log_config.root]
level = "ERROR"
handlers = ["console"]
`;
}

function logger([name, level]: [string, string]): string {
  return `[log_config.loggers.${name}]\nlevel = "${level}"\npropagate = false\nhandlers = ["console"]\n`;
}

/** A TOML basic string; JSON's escapes are among TOML's. */
function text(value: string): string {
  return JSON.stringify(value).replaceAll("\u007f", "\\u007f");
}
