with

source as (

    select * from {{ source('landing', 'restatements') }}

),

renamed as (

    select
        -- ids
        key,

        -- text
        kind,
        old as old_value,
        new as new_value,
        reason,
        {{ adapter.quote('by') }} as restated_by,

        -- dates
        {{ adapter.quote('on') }} as restated_on,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
