import * as pulumi from "@pulumi/pulumi";
import { childOptions } from "../../kubernetes/child-options.ts";
import type { ContainerArgs } from "../../kubernetes/container.ts";
import { deployment } from "../../kubernetes/deployment.ts";
import { program } from "../../kubernetes/program.ts";
import { publicService } from "../../kubernetes/public-service.ts";
import type { PartArgs } from "../part-args.ts";
import type { CoreSettings } from "../stack/settings.ts";
import { apiHosts, type Context, contextsOf, dashboardWord, foreignApis } from "./contexts.ts";
import { DASHBOARD, DASHBOARD_PORT, type DashboardSettings, PAGES } from "./settings.ts";

type DashboardArgs = PartArgs<CoreSettings & DashboardSettings>;

/** Where the dashboard's image has the built page. */
const BUILT_PAGES = "/src/frontend/dist";

/** The copy of the built page that is pointed at other APIs, and where it is made. */
const COPY = { name: PAGES, from: { scratch: "100Mi" } } as const;
const PAGES_PATH = "/pages";

/**
 * What copies the built page and points it at another API, whose address is built into it. CONTEXTS is a list of names
 * and API addresses: the page calls the first, and finds all of them in a file, should it let its reader choose.
 */
const SCRIPT = program(import.meta.dirname, "pages.py");

/** The dashboard: pages that show what the API knows. TLS ends in its pods. */
export class Dashboard extends pulumi.ComponentResource {
  constructor(name: string, args: DashboardArgs, opts?: pulumi.ComponentResourceOptions) {
    super("packit:app:Dashboard", name, {}, opts);
    const { destination, settings, configuration } = args;
    const { dashboard, hosts } = settings;
    const child = { parent: this };
    const contexts = contextsOf(settings);
    const pages = contexts.length > 0 ? [{ ...COPY, path: BUILT_PAGES, readOnly: true }] : [];
    const listens = { tcpSocket: { port: DASHBOARD_PORT } };
    deployment(
      name,
      {
        destination,
        workload: args.workload(DASHBOARD),
        strategy: "rolling",
        spread: true,
        initContainers: contexts.length > 0 ? [pagesContainer(args, contexts)] : [],
        containers: [
          {
            name: DASHBOARD,
            image: args.image(DASHBOARD),
            ports: [DASHBOARD_PORT],
            ...answersFor(settings),
            env: { DEPLOYMENT: hosts.dashboard && dashboardWord(hosts.dashboard) },
            mounts: [
              ...pages,
              {
                name: "credentials",
                path: "/secrets",
                readOnly: true,
                from: { files: [configuration.tls(DASHBOARD)] },
              },
            ],
            startupProbe: { ...listens, periodSeconds: 5, failureThreshold: 60 },
            livenessProbe: { ...listens, periodSeconds: 20 },
            readinessProbe: { ...listens, periodSeconds: 10 },
          },
        ],
        nodeSelector: dashboard.nodeSelector,
      },
      childOptions(this, opts),
    );
    const port = { name: "packit-dashboard-https", port: 443, targetPort: DASHBOARD_PORT };
    const contentSecurityPolicy = policy(foreignApis(settings));
    const open = { host: hosts.dashboard, port, pods: "tls", contentSecurityPolicy } as const;
    publicService(name, { destination, component: DASHBOARD, ...open }, child);
    this.registerOutputs();
  }
}

/**
 * The image's start script derives from DEPLOYMENT the host that the server answers for, and the one API, both below
 * packit.dev, whose misdirected requests it answers with 421, upon which the browser asks again elsewhere. For other
 * hosts the server is started as that script does it, under their names; without them, it would answer with 403.
 */
function answersFor(settings: DashboardArgs["settings"]): Pick<ContainerArgs, "command"> {
  const host = settings.hosts.dashboard ?? "";
  const word = dashboardWord(host);
  const apis = apiHosts(settings).filter((api) => api !== host);
  if (word !== undefined && apis.every((api) => api === `${word}.packit.dev`)) return {};
  const files = [
    "--ssl-certificate-file",
    "/secrets/fullchain.pem",
    "--ssl-certificate-key-file",
    "/secrets/privkey.pem",
  ];
  const server = [
    "--access-log",
    "--log-to-terminal",
    "--http2",
    "--https-port",
    String(DASHBOARD_PORT),
    "--server-name",
    host,
    ...apis.flatMap((api) => ["--server-alias", api]),
  ];
  const application = [
    "--processes",
    "2",
    "--locale",
    "C.UTF-8",
    "/usr/share/packit_dashboard/packit_dashboard.wsgi",
  ];
  return { command: ["mod_wsgi-express-3", "start-server", ...server, ...files, ...application] };
}

/** What points the built page at other instances than it was built for. */
function pagesContainer({ image }: DashboardArgs, contexts: readonly Context[]): ContainerArgs {
  return {
    name: PAGES,
    image: image(DASHBOARD),
    command: ["python3", "-c", SCRIPT, BUILT_PAGES, PAGES_PATH],
    env: { CONTEXTS: JSON.stringify(contexts) },
    mounts: [{ ...COPY, path: PAGES_PATH }],
  };
}

/** The image's own policy, and the APIs that it does not let its page call. */
function policy(foreign: readonly string[]): string | undefined {
  if (foreign.length === 0) return undefined;
  const connect = ["connect-src 'self' *.packit.dev", ...foreign].join(" ");
  return `default-src 'self' *.packit.dev; object-src 'none'; style-src 'unsafe-inline' 'self'; ${connect}`;
}
