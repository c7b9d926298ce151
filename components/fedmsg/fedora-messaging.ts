import { z } from "zod";
import { line } from "../../schema/values.ts";

const TOPICS = [
  "org.fedoraproject.prod.copr.build.start",
  "org.fedoraproject.prod.copr.build.end",
  "org.fedoraproject.prod.buildsys.task.state.change",
  "org.fedoraproject.prod.buildsys.build.state.change",
  "org.fedoraproject.prod.buildsys.tag",
  "org.fedoraproject.prod.pagure.pull-request.new",
  "org.fedoraproject.prod.pagure.pull-request.updated",
  "org.fedoraproject.prod.pagure.pull-request.rebased",
  "org.fedoraproject.prod.pagure.git.receive",
  "org.fedoraproject.prod.pagure.pull-request.comment.added",
  "org.fedoraproject.prod.hotness.update.bug.file",
  "org.release-monitoring.prod.anitya.project.version.update.v2",
  "org.fedoraproject.prod.openscanhub.task.started",
  "org.fedoraproject.prod.openscanhub.task.finished",
  "org.fedoraproject.prod.logdetective.analysis",
];

const topic = line.meta({
  allowed: "a topic of Fedora's message bus",
  example: "org.fedoraproject.prod.buildsys.tag",
});

export const fedoraMessaging = z
  .strictObject({
    app: line.default("Packit").describe("The name that the message broker sees."),
    topics: z.array(topic).min(1).default(TOPICS).describe("The routing keys that are listened to."),
    moreTopics: z.array(topic).default([]).describe("Routing keys that are listened to besides `topics`."),
  })
  .transform(({ moreTopics, topics, ...rest }) => ({
    ...rest,
    topics: [...new Set([...topics, ...moreTopics])],
  }))
  .prefault({});
