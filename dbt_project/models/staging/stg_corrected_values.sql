with

source as (

    select * from {{ source('landing', 'corrected_values') }}

),

renamed as (

    select
        -- text
        table_name,
        column_name,
        old_value,
        new_value,
        reason,
        corrected_by,

        -- dates
        corrected_on,

        -- origin
        source_file,
        source_line
    from source

)

select * from renamed
