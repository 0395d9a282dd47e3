// Checks rendered manifests (standard input) against the types of npm's kubernetes-models: `kubectl kustomize DIR | node .ci/manifests.mjs MODULES`,
// where MODULES is a folder node_modules that has kubernetes-models and yaml.
import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';

const from = (path) => import(pathToFileURL(`${process.argv[2]}/${path}`));
const { parseAllDocuments } = (await from('yaml/dist/index.js')).default;
const faults = [];
let checked = 0;
for (const document of parseAllDocuments(readFileSync(0, 'utf8'))) {
  const manifest = document.toJS();
  try {
    const Model = (await from(`kubernetes-models/${manifest.apiVersion}/${manifest.kind}.js`))[manifest.kind];
    new Model(manifest).validate();
    checked += 1;
  } catch (fault) {
    faults.push(`${manifest.kind} ${manifest.metadata.name}: ${fault.message}`);
  }
}
for (const fault of faults) console.error(fault);
console.log(`${checked} manifests are of Kubernetes' types`);
process.exitCode = faults.length > 0 || checked === 0 ? 1 : 0;
