//! Keys of filters that are no operators: paths into a payload, with a dot between their steps.

/// One step into a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Step {
    /// To the member of this name of an object, or to the item of this number of an array.
    To {
        name: String,
        /// The name, if it is written as the numbers of items are.
        number: Option<usize>,
    },
    /// To each member of an object, and to each item of an array.
    Every,
}

/// Reads a path. A backslash takes `. * $ \` as part of a name.
pub(super) fn read(path: &str) -> Result<Vec<Step>, String> {
    let mut steps = Vec::new();
    let mut name = String::new();
    let (mut stars, mut is_literal) = (0, false);
    let mut chars = path.chars();
    loop {
        match chars.next() {
            end @ (None | Some('.')) => {
                let step = finish(&std::mem::take(&mut name), stars, is_literal);
                steps.push(step.map_err(|why| format!("the path {path:?} {why}"))?);
                (stars, is_literal) = (0, false);
                if end.is_none() {
                    return Ok(steps);
                }
            }
            Some('*') => {
                stars += 1;
                name.push('*');
            }
            Some('\\') => match chars.next() {
                Some(taken @ ('.' | '*' | '$' | '\\')) => {
                    is_literal = true;
                    name.push(taken);
                }
                _ => {
                    return Err(format!(
                        "the path {path:?} has a backslash before something other than . * $ or \\"
                    ));
                }
            },
            Some(other) => {
                is_literal = true;
                name.push(other);
            }
        }
    }
}

fn finish(name: &str, stars: usize, is_literal: bool) -> Result<Step, &'static str> {
    if stars == 1 && !is_literal {
        return Ok(Step::Every);
    }
    if stars > 0 {
        return Err("has a * that is not a step of its own; write \\* for a name with a star");
    }
    if name.is_empty() {
        return Err("has an empty step; write \\. for a name with a dot");
    }
    let is_number =
        name.bytes().all(|byte| byte.is_ascii_digit()) && (name == "0" || !name.starts_with('0'));
    Ok(Step::To {
        number: name.parse().ok().filter(|_| is_number),
        name: name.to_owned(),
    })
}
