//! `fields` of `wasi:http/types`.

use crate::instruction::Instruction;
use guest_http::bindings::wasi::http::types::Fields;
use std::mem::ManuallyDrop;

pub fn call(i: &mut Instruction) -> Option<String> {
    let said = match i.name {
        "fields.new" => {
            let to = i.register();
            i.keep(to, Fields::new());
            String::new()
        }
        "fields.from-list" => {
            let to = i.register();
            let count: usize = i.number();
            let list: Vec<_> = (0..count).map(|_| (i.text(), i.bytes())).collect();
            match Fields::from_list(&list) {
                Ok(fields) => {
                    i.keep(to, fields);
                    "ok".to_owned()
                }
                Err(error) => format!("{error:?}"),
            }
        }
        "fields.clone" => {
            let (to, fields) = (i.register(), i.lend::<Fields>());
            i.keep(to, Fields::clone(&fields));
            String::new()
        }
        _ => call_on(i)?,
    };
    Some(said)
}

fn call_on(i: &mut Instruction) -> Option<String> {
    let call: fn(ManuallyDrop<Fields>, &mut Instruction) -> String = match i.name {
        "fields.get" => |fields, i| format!("{:?}", fields.get(&i.text())),
        "fields.has" => |fields, i| format!("{:?}", fields.has(&i.text())),
        "fields.append" => |fields, i| format!("{:?}", fields.append(&i.text(), &i.bytes())),
        "fields.delete" => |fields, i| format!("{:?}", fields.delete(&i.text())),
        "fields.entries" => |fields, _| format!("{}", fields.entries().len()),
        "fields.set" => |fields, i| {
            let name = i.text();
            let count: usize = i.number();
            let values: Vec<_> = (0..count).map(|_| i.bytes()).collect();
            format!("{:?}", fields.set(&name, &values))
        },
        // Append again and again, `times` at most.
        "fields.fill" => |fields, i| {
            let (name, value, times) = (i.text(), i.bytes(), i.number::<usize>());
            let done = (0..times).take_while(|_| fields.append(&name, &value).is_ok()).count();
            format!("{done}")
        },
        _ => return None,
    };
    let fields = i.lend();
    Some(call(fields, i))
}
