/** client.conf of OpenScanHub's client: no default mock configuration, each scan names its own. */
export function oshClientConf(): string {
  return "[General]\ndefaultmockconfig =\n";
}
