/** fluent.conf of the side-car: what the container beside it sends as syslog goes to Splunk, as its environment says. */
export function fluentConf(): string {
  return `<source>
  @type syslog
  bind 127.0.0.1
  port 5140
  tag packit
  <parse>
    message_format rfc5424
  </parse>
</source>

<match packit.**>
  @type splunk_hec
  hec_host "#{ENV['SPLUNK_HEC_HOST']}"
  hec_port "#{ENV['SPLUNK_HEC_PORT']}"
  hec_token "#{ENV['SPLUNK_HEC_TOKEN']}"
</match>
`;
}
