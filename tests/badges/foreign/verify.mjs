// Shows the files of a folder to foreign verifiers, without a network.
//
//   node verify.mjs FOLDER             one line of JSON for each file and verifier of FOLDER/manifest.json
//   node verify.mjs --many FILE.jsonl  a credential a line, all to @digitalbazaar/vc; one line of JSON says how many
//                                      it accepts. The manifest beside FILE names the documents.
//
// The manifest: {"files": [{"file", "format", "state"}], "documents": {address: file}, "absent": [address],
// "at": moment or null}. An address that is in neither is refused, and the refusal is part of the result.
import './node_18.mjs';
import {readFileSync} from 'node:fs';
import path from 'node:path';
import {open} from './opening.mjs';
import {World, closeNetwork, stopClock} from './world.mjs';

const [first, second] = process.argv.slice(2);
const folder = first === '--many' ? path.dirname(second) : first;
const manifest = JSON.parse(readFileSync(path.join(folder, 'manifest.json'), 'utf8'));
const world = new World(folder, manifest);

closeNetwork(world);
stopClock(manifest.at);
// What a library says aside must not stand between our lines.
console.log = console.error;

// Imported late, so that none of them can keep the real network or clock.
const readers = await Promise.all(
  ['digital_bazaar', 'verifier_core', 'jose'].map(each => import(`./readers/${each}.mjs`)));

if(first === '--many') {
  print(await verifyMany(second));
} else {
  for(const {file, format} of manifest.files) {
    for(const reader of readers) {
      print({file, verifier: reader.name, ...await result(reader, file, format)});
    }
  }
}

async function result(reader, file, format) {
  try {
    const answer = await reader.verify(open(path.join(folder, file), format), world);
    return {...answer, refused: world.takeRefusals()};
  } catch(error) {
    return {signature: false, status: null, expired: null, log: [String(error)], refused: world.takeRefusals()};
  }
}

async function verifyMany(file) {
  const [{verify}] = readers;
  const lines = readFileSync(file, 'utf8').split('\n').filter(Boolean);
  const rejected = [];
  for(const [index, line] of lines.entries()) {
    const {signature, log} = await verify({credential: JSON.parse(line)}, world);
    if(!signature) {
      rejected.push({index, log});
    }
  }
  return {total: lines.length, accepted: lines.length - rejected.length, rejected, refused: world.takeRefusals()};
}

function print(value) {
  process.stdout.write(JSON.stringify(value) + '\n');
}
