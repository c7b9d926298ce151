import type { Proxied } from "./proxied.ts";

export interface NginxConf {
  /** What there is to show. */
  readonly shown: readonly Proxied[];
  /** Whether metrics, too, are shown only to those who know the password of the pages. */
  readonly metricsNeedPassword: boolean;
}

/** Where the certificate is mounted, by the names that all pods which speak TLS know. */
const CERTIFICATE = { chain: "/secrets/fullchain.pem", key: "/secrets/privkey.pem" };

/** Where nginx finds who may look at pages. */
export const HTPASSWD_PATH = "/etc/packit-nginx/htpasswd";

/**
 * nginx.conf of the proxy: metrics, each at its path, and the pages of whatever has some everywhere else. nginx looks up
 * host names once, at its start: they are names of Services, whose addresses stay the same.
 */
export function nginxConf({ shown, metricsNeedPassword }: NginxConf): string {
  const pages = shown.find((one) => one.pages !== undefined)?.pages;
  const password = pages !== undefined && metricsNeedPassword;
  const locations = [
    ...shown.map(({ metrics: { path, target } }) => metrics(path, target, password)),
    pages === undefined ? notFound() : pagesAt(pages),
  ];
  return `pid /tmp/nginx.pid;
error_log stderr warn;
events {}
http {
    access_log /dev/stdout;
    server_tokens off;
    client_body_temp_path /tmp/client_body;
    proxy_temp_path /tmp/proxy;
    fastcgi_temp_path /tmp/fastcgi;
    uwsgi_temp_path /tmp/uwsgi;
    scgi_temp_path /tmp/scgi;

    map $http_upgrade $connection_upgrade {
        default upgrade;
        ''      close;
    }

    server {
        listen 8443 ssl;
        ssl_certificate     ${CERTIFICATE.chain};
        ssl_certificate_key ${CERTIFICATE.key};

        location = /healthz {
            access_log off;
            return 200;
        }
${locations.join("")}    }
}
`;
}

function metrics(path: string, target: string, password: boolean): string {
  return `
        location = ${path} {
            limit_except GET {
                deny all;
            }
            proxy_pass ${target};${password ? `\n${basicAuth()}` : ""}
        }
`;
}

function pagesAt(target: string): string {
  return `
        location / {
            proxy_pass ${target};
            proxy_set_header Host $host;
            proxy_set_header X-Real-IP $remote_addr;
            proxy_http_version 1.1;
            proxy_set_header Upgrade $http_upgrade;
            proxy_set_header Connection $connection_upgrade;
${basicAuth()}
        }
`;
}

function notFound(): string {
  return `
        location / {
            return 404;
        }
`;
}

function basicAuth(): string {
  return `            auth_basic "Restricted";
            auth_basic_user_file ${HTPASSWD_PATH};`;
}
