import java.io.*;
import java.nio.charset.StandardCharsets;
import java.nio.file.*;
import java.security.Permission;
import java.util.*;

/**
 * Has the published validation tool look at many documents in one Java machine. The tool is made for one document a
 * process and ends that with its verdict; here its call to end is caught and the verdict written down instead.
 *
 * Usage: java -Djava.security.manager=allow -cp tool.jar OneMachine.java FOLDER
 * Output: a line a document: name, a tab, 0 (schema and signature are right) or the tool's code and what it said.
 */
public class OneMachine {
  static class Ended extends SecurityException {
    final int code;
    Ended(int code) { this.code = code; }
  }

  @SuppressWarnings("removal")
  public static void main(String[] args) throws Exception {
    var validate = Class.forName("uk.co.smartdcc.boxed.xmldsig.Validate").getMethod("main", String[].class);
    System.setSecurityManager(new SecurityManager() {
      @Override public void checkExit(int code) { throw new Ended(code); }
      @Override public void checkPermission(Permission permission) {}
    });
    var out = System.out;
    var err = System.err;
    var names = new ArrayList<Path>();
    try (var files = Files.newDirectoryStream(Path.of(args[0]), "*.xml")) { files.forEach(names::add); }
    Collections.sort(names);
    for (var name : names) {
      var said = new ByteArrayOutputStream();
      int code = 0;
      System.setIn(new ByteArrayInputStream(Files.readAllBytes(name)));
      System.setOut(new PrintStream(OutputStream.nullOutputStream()));
      System.setErr(new PrintStream(said, true));
      try {
        validate.invoke(null, (Object) new String[] {"-"});
      } catch (java.lang.reflect.InvocationTargetException thrown) {
        var cause = thrown.getCause();
        while (cause != null && !(cause instanceof Ended)) cause = cause.getCause();
        code = cause instanceof Ended ? ((Ended) cause).code : 99;
        if (code == 99) said.writeBytes(String.valueOf(thrown.getCause()).getBytes(StandardCharsets.UTF_8));
      }
      System.setOut(out);
      System.setErr(err);
      var why = said.toString(StandardCharsets.UTF_8).replaceAll("\\s+", " ");
      out.println(name.getFileName() + "\t" + code + "\t" + (code == 0 ? "" : why));
    }
  }
}
